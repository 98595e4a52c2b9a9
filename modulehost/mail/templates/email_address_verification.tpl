name: Email Address Verification
type: user
subject: Confirm your email address

<p>Dear {$user_first_name},</p>
<p>please confirm that {$user_email} is your address:</p>
<p><a href="{$verification_url}">{$verification_url}</a></p>
<p>{$signature}</p>
