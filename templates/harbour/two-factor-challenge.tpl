<div class="narrow">
    <section class="card form-card">
        <div class="card-body">
            <h1>{lang key='twofactorauth'}</h1>
            {include file="$template/includes/flashmessage.tpl"}
            {if $error}
                {include file="$template/includes/alert.tpl" type="error" msg=$error}
            {elseif $incorrect}
                {include file="$template/includes/alert.tpl" type="error" msg="{if $usingBackup}{lang key='twofabackupcodewrong'}{else}{lang key='twofa2ndfactorincorrect'}{/if}"}
            {/if}
            {if $usingBackup}
                <p class="lead-small">{lang key='twofabackupcodeintro'}</p>
                <form method="post" action="{routePath('login-two-factor-challenge-backup-verify')}">
                    <input type="hidden" name="token" value="{$token}">
                    <div class="form-group">
                        <label for="inputBackupCode">{lang key='twofabackupcode'}</label>
                        <input type="text" class="form-control code-input" id="inputBackupCode" name="twofabackupcode" autocomplete="off" autocapitalize="none" spellcheck="false" required autofocus>
                    </div>
                    <button type="submit" class="btn btn-primary btn-block">{lang key='loginbutton'}</button>
                </form>
            {else}
                <p class="lead-small">{lang key='twofa2ndfactorreq'}</p>
                <form method="post" action="{routePath('login-two-factor-challenge-verify')}">
                    <input type="hidden" name="token" value="{$token}">
                    <div class="form-group">{$challenge}</div>
                    <button type="submit" class="btn btn-primary btn-block">{lang key='loginbutton'}</button>
                </form>
            {/if}
        </div>
        <div class="card-footer text-center">
            {if $usingBackup}<a href="{routePath('login-two-factor-challenge-verify')}">{lang key='twofa2ndfactorback'}</a>{else}{lang key='twofacantaccess2ndfactor'} <a href="{routePath('login-two-factor-challenge-verify')}?backup=1">{lang key='twofaloginusingbackupcode'}</a>{/if}
        </div>
    </section>
</div>
