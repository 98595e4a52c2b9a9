name: Invoice Refund Confirmation
type: invoice
subject: Invoice Refund Confirmation

<p>Dear {$client_name},</p>
<p>we have refunded {$invoice_last_payment_amount} for invoice #{$invoice_num}.</p>
<p>{$signature}</p>
