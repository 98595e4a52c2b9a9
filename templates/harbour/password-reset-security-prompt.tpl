<p class="lead-small">{lang key='pwresetsecurityquestionrequired'}</p>
<form method="post" action="{routePath('password-reset-security-verify')}">
    <input type="hidden" name="token" value="{$token}">
    <div class="form-group">
        <label for="inputAnswer">{$securityQuestion}</label>
        <input type="password" class="form-control" id="inputAnswer" name="answer" maxlength="80" autocomplete="off" required autofocus>
    </div>
    <button type="submit" class="btn btn-primary btn-block">{lang key='pwresetsubmitanswer'}</button>
</form>
