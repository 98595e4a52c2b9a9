{if $error}
    {include file="$template/includes/alert.tpl" type="error" msg=$error}
{/if}
<section class="card form-card">
    <div class="card-body">
        <ol class="steps">
            <li>{lang key='twofactor.stepApp'}</li>
            <li>
                {lang key='twofactor.stepScan'}
                <div class="qr-box">{$qrCode}</div>
                <p class="lead-small">{lang key='twofactor.stepSecret'} <code class="secret-key">{$secret}</code></p>
            </li>
            <li>
                {lang key='twofactor.stepCode'}
                <form method="post" action="{routePath('account-security-two-factor-enable')}" class="mt-2">
                    <input type="hidden" name="token" value="{$token}">
                    <div class="form-group">
                        <label class="sr-only" for="inputCode">{lang key='twofactor.enterCode'}</label>
                        <input type="text" class="form-control code-input" id="inputCode" name="code" inputmode="numeric" maxlength="7" autocomplete="one-time-code" required autofocus>
                    </div>
                    <button type="submit" class="btn btn-primary">{lang key='twofaenable'}</button>
                    <a class="btn btn-light" href="{routePath('user-security')}">{lang key='cancel'}</a>
                </form>
            </li>
        </ol>
    </div>
</section>
