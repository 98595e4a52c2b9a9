name: Credit Card Payment Failed
type: invoice
subject: Credit Card Payment Failed

<p>Dear {$client_name},</p>
<p>we could not charge your card for this invoice.</p>
<p>Invoice #{$invoice_num}<br />Amount Due: {$invoice_balance}<br />Due Date: {$invoice_date_due}<br />Status: {$invoice_status}</p>
<p>You can pay it with another card here: <a href="{$invoice_link}">{$invoice_link}</a></p>
<p>{$signature}</p>
