name: Credit Card Payment Confirmation
type: invoice
subject: Credit Card Payment Confirmation

<p>Dear {$client_name},</p>
<p>we have charged your card. Thank you.</p>
<p>Invoice #{$invoice_num}<br />Amount: {$invoice_last_payment_amount}<br />Transaction: {$invoice_last_payment_transid}<br />Status: {$invoice_status}</p>
<p>See it here: <a href="{$invoice_link}">{$invoice_link}</a></p>
<p>{$signature}</p>
