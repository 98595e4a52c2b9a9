name: Account Access Invitation
type: invite
subject: {$invite_sender_name} invites you to the account of {$invite_account_name}

<p>Hello,</p>
<p>{$invite_sender_name} has given {$invite_email} access to the account of {$invite_account_name} at {$company_name}.</p>
<p>Open this address within seven days to accept, as a user that you have already or as a new one:</p>
<p><a href="{$invite_accept_url}">{$invite_accept_url}</a></p>
<p>If you do not know them, do nothing.</p>
<p>{$signature}</p>
