<p class="lead-small">{lang key='pwresetenternewpw'}</p>
<form method="post" action="{routePath('password-reset-change-perform')}">
    <input type="hidden" name="token" value="{$token}">
    <input type="hidden" name="answer" value="{$securityAnswer}">
    <div class="form-group">
        <label for="inputNewPassword1">{lang key='newpassword'}</label>
        <input type="password" class="form-control" id="inputNewPassword1" name="newpw" autocomplete="new-password" required autofocus>
        {include file="$template/includes/pwstrength.tpl"}
    </div>
    <div class="form-group">
        <label for="inputNewPassword2">{lang key='confirmnewpassword'}</label>
        <input type="password" class="form-control" id="inputNewPassword2" name="confirmpw" autocomplete="new-password" required>
    </div>
    <button type="submit" name="submit" value="true" class="btn btn-primary btn-block">{lang key='clientareasavechanges'}</button>
</form>
