<div class="narrow">
    <section class="card form-card">
        <div class="card-body">
            <h1>{lang key='loginbutton'}</h1>
            <p class="lead-small">{lang key='userLogin.signInToContinue'}</p>
            {include file="$template/includes/flashmessage.tpl"}
            <form method="post" action="{routePath('login-validate')}" class="login-form">
                <input type="hidden" name="token" value="{$token}">
                {if $goto}<input type="hidden" name="goto" value="{$goto}">{/if}
                <div class="form-group">
                    <label for="inputEmail">{lang key='clientareaemail'}</label>
                    <input type="email" class="form-control" id="inputEmail" name="username" value="{$loginemail}" autocomplete="username" required autofocus>
                </div>
                <div class="form-group">
                    <div class="label-row">
                        <label for="inputPassword">{lang key='clientareapassword'}</label>
                        <a href="{routePath('password-reset-begin')}">{lang key='forgotpw'}</a>
                    </div>
                    <input type="password" class="form-control" id="inputPassword" name="password" autocomplete="current-password" required>
                </div>
                <div class="custom-control custom-checkbox mb-3">
                    <input type="checkbox" class="custom-control-input" name="rememberme" id="inputRemember" value="1">
                    <label class="custom-control-label" for="inputRemember">{lang key='loginrememberme'}</label>
                </div>
                <button type="submit" class="btn btn-primary btn-block" id="login">{lang key='loginbutton'}</button>
            </form>
        </div>
        <div class="card-footer text-center">
            {lang key='userLogin.notRegistered'} <a href="{$WEB_ROOT}/register.php">{lang key='userLogin.createAccount'}</a>
        </div>
    </section>
</div>
