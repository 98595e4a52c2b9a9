{include file="$template/includes/flashmessage.tpl"}
<form method="post" action="{routePath('user-password')}" class="card form-card">
    <input type="hidden" name="token" value="{$token}">
    <input type="hidden" name="submit" value="true">
    <div class="card-body">
        <p>{lang key='changePasswordInstructions'}</p>
        <div class="form-group">
            <label for="inputExistingPassword">{lang key='existingpassword'}</label>
            <input type="password" class="form-control" id="inputExistingPassword" name="existingpw" autocomplete="current-password" required>
        </div>
        <div class="form-group">
            <label for="inputNewPassword1">{lang key='newpassword'}</label>
            <input type="password" class="form-control" id="inputNewPassword1" name="newpw" autocomplete="new-password" required>
            {include file="$template/includes/pwstrength.tpl"}
        </div>
        <div class="form-group">
            <label for="inputNewPassword2">{lang key='confirmnewpassword'}</label>
            <input type="password" class="form-control" id="inputNewPassword2" name="confirmpw" autocomplete="new-password" required>
        </div>
        <button type="submit" class="btn btn-primary">{lang key='clientareasavechanges'}</button>
    </div>
</form>
