name: Client Signup Email
type: general
subject: Welcome to {$company_name}

<p>Dear {$client_name},</p>
<p>your account with {$company_name} is open. Sign in with your email address {$client_email} and the password you chose:</p>
<p><a href="{$whmcs_url}clientarea.php">{$whmcs_url}clientarea.php</a></p>
<p>{$signature}</p>
