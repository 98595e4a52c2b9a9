{include file="$template/includes/flashmessage.tpl"}
<form method="post" action="{routePath('user-profile-save')}" class="card form-card">
    <input type="hidden" name="token" value="{$token}">
    <div class="card-body">
        <h2 class="form-section">{lang key='userProfile.profile'}</h2>
        <div class="form-row">
            <div class="form-group col-sm-6"><label for="inputFirstName">{lang key='clientareafirstname'}</label><input type="text" class="form-control" id="inputFirstName" name="firstname" value="{$user->firstName}"{if in_array('firstname', $uneditableFields)} disabled{/if} required></div>
            <div class="form-group col-sm-6"><label for="inputLastName">{lang key='clientarealastname'}</label><input type="text" class="form-control" id="inputLastName" name="lastname" value="{$user->lastName}"{if in_array('lastname', $uneditableFields)} disabled{/if} required></div>
        </div>
        <button type="submit" class="btn btn-primary">{lang key='clientareasavechanges'}</button>
    </div>
</form>
<form method="post" action="{routePath('user-profile-email-save')}" class="card form-card">
    <input type="hidden" name="token" value="{$token}">
    <div class="card-body">
        <h2 class="form-section">{lang key='userProfile.changeEmail'}</h2>
        <p>{lang key='userProfile.changeEmailHelp'}</p>
        <div class="form-group"><label for="inputEmail">{lang key='clientareaemail'}</label> {if $user->emailVerified()}<span class="status status-active">{lang key='userProfile.verified'}</span>{elseif $user->needsToCompleteEmailVerification()}<span class="status">{lang key='userProfile.notVerified'}</span>{/if}<input type="email" class="form-control" id="inputEmail" name="email" value="{$user->email}" required></div>
        <div class="form-group"><label for="inputExistingPassword">{lang key='existingpassword'}</label><input type="password" class="form-control" id="inputExistingPassword" name="existingpw" autocomplete="current-password" required></div>
        <button type="submit" class="btn btn-primary">{lang key='clientareasavechanges'}</button>
    </div>
</form>
