name: Invoice Payment Confirmation
type: invoice
subject: Invoice Payment Confirmation

<p>Dear {$client_name},</p>
<p>thank you for your payment of {$invoice_last_payment_amount} for invoice #{$invoice_num} of {$invoice_date_created}.</p>
{if $invoice_items}<p>{foreach $invoice_items as $item}{$item.description}: {$item.amount}<br />
{/foreach}</p>{/if}
<p>Transaction: {$invoice_last_payment_transid}<br />Total Paid: {$invoice_amount_paid}<br />Remaining Balance: {$invoice_balance}<br />
Status: {$invoice_status}</p>
<p>Your invoices: <a href="{$whmcs_url}clientarea.php?action=invoices">{$whmcs_url}clientarea.php?action=invoices</a></p>
<p>{$signature}</p>
