name: Password Reset Confirmation
type: user
subject: Your password for {$company_name} was changed

<p>Dear {$user_first_name},</p>
<p>the password of {$user_email} was changed on {$date} at {$time}.</p>
<p>If it was not you, ask for a new one at once: <a href="{$whmcs_url}password/reset">{$whmcs_url}password/reset</a></p>
<p>{$signature}</p>
