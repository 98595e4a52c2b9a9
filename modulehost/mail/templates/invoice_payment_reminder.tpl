name: Invoice Payment Reminder
type: invoice
subject: Invoice Payment Reminder

<p>Dear {$client_name},</p>
<p>invoice #{$invoice_num} of {$invoice_date_created} is due on {$invoice_date_due}.</p>
<p>Invoice #{$invoice_num}<br />Amount Due: {$invoice_balance}<br />Due Date: {$invoice_date_due}<br />
Payment Method: {$invoice_payment_method}</p>
<p>See and pay it here: <a href="{$invoice_link}">{$invoice_link}</a></p>
<p>{$signature}</p>
