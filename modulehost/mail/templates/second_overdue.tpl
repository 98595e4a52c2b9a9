name: Second Invoice Overdue Notice
type: invoice
subject: Second Invoice Overdue Notice

<p>Dear {$client_name},</p>
<p>this is the second notice: invoice #{$invoice_num} was due on {$invoice_date_due} and is not paid yet.</p>
<p>Invoice #{$invoice_num}<br />Amount Due: {$invoice_balance}<br />Due Date: {$invoice_date_due}<br />
Payment Method: {$invoice_payment_method}</p>
<p>See and pay it here: <a href="{$invoice_link}">{$invoice_link}</a></p>
<p>{$signature}</p>
