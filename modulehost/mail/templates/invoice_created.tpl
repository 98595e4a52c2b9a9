name: Invoice Created
type: invoice
subject: Customer Invoice

<p>Dear {$client_name},</p>
<p>this is a notice that an invoice was made on {$invoice_date_created}.</p>
<p>Invoice #{$invoice_num}<br />Amount Due: {$invoice_balance}<br />Due Date: {$invoice_date_due}<br />
Payment Method: {$invoice_payment_method}</p>
{if $invoice_items}<p>{foreach $invoice_items as $item}{$item.description}: {$item.amount}<br />
{/foreach}</p>{/if}
<p>See and pay it here: <a href="{$invoice_link}">{$invoice_link}</a></p>
<p>{$signature}</p>
