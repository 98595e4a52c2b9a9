name: Credit Card Payment Pending
type: invoice
subject: Credit Card Payment Pending

<p>Dear {$client_name},</p>
<p>the payment of your card is being processed; the invoice will be paid once it is confirmed.</p>
<p>Invoice #{$invoice_num}<br />Amount Due: {$invoice_balance}<br />Due Date: {$invoice_date_due}<br />Status: {$invoice_status}</p>
<p>See it here: <a href="{$invoice_link}">{$invoice_link}</a></p>
<p>{$signature}</p>
