name: Password Reset Validation
type: user
subject: Your password reset request for {$company_name}

<p>Dear {$user_first_name},</p>
<p>somebody, hopefully you, asked for a new password. Open this address within two hours to choose one:</p>
<p><a href="{$reset_password_url}">{$reset_password_url}</a></p>
<p>If it was not you, do nothing: your password stays as it is.</p>
<p>{$signature}</p>
