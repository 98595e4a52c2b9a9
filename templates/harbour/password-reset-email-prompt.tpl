<p class="lead-small">{lang key='pwresetemailneeded'}</p>
<form method="post" action="{routePath('password-reset-validate-email')}">
    <input type="hidden" name="token" value="{$token}">
    <input type="hidden" name="action" value="reset">
    <div class="form-group">
        <label for="inputEmail">{lang key='loginemail'}</label>
        <input type="email" class="form-control" id="inputEmail" name="email" autocomplete="username" required autofocus>
    </div>
    <button type="submit" class="btn btn-primary btn-block">{lang key='pwresetsubmit'}</button>
</form>
