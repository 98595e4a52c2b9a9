name: Other Product/Service Welcome Email
type: product
subject: New Product Information

<p>Dear {$client_name},</p>
<p>your order of {$service_product_name} is ready for use.</p>
<p>Product/Service: {$service_product_name}{if $service_domain}<br />Domain: {$service_domain}{/if}<br />
Payment Method: {$service_payment_method}<br />Amount: {$service_recurring_amount}<br />
Billing Cycle: {$service_billing_cycle}{if $service_next_due_date}<br />Next Due Date: {$service_next_due_date}{/if}</p>
{if $service_config_options}<p>{$service_config_options}</p>{/if}
<p>Manage it here: <a href="{$whmcs_url}clientarea.php?action=productdetails&amp;id={$service_id}">{$whmcs_url}clientarea.php?action=productdetails&amp;id={$service_id}</a></p>
<p>{$signature}</p>
