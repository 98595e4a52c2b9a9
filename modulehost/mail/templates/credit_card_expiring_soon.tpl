name: Credit Card Expiring Soon
type: general
subject: Credit Card Expiring Soon

<p>Dear {$client_name},</p>
<p>your {$client_cc_type} that ends in {$client_cc_number} is good until {$client_cc_expiry} only. Please enter a new one
under Payment Methods, so that your invoices can be paid with it.</p>
<p><a href="{$whmcs_url}account/paymentmethods">{$whmcs_url}account/paymentmethods</a></p>
<p>{$signature}</p>
