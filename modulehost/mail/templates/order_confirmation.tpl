name: Order Confirmation
type: general
subject: Order Confirmation

<p>Dear {$client_name},</p>
<p>thank you. Your order number is <strong>{$order_number}</strong>. We received it on {$order_date}.</p>
<p>{$order_details}</p>
{if $invoice_id}<p>Its invoice is <a href="{$whmcs_url}viewinvoice.php?id={$invoice_id}">#{$invoice_id}</a>.</p>{/if}
<p>You will hear from us when everything is set up. Please quote the order number when you write to us.</p>
<p>{$signature}</p>
