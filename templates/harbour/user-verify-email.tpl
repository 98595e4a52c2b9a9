<div class="narrow">
    <section class="card form-card">
        <div class="card-body text-center">
            <h1>{lang key='emailVerification.title'}</h1>
            {if $success}
                {include file="$template/includes/alert.tpl" type="success" msg="{lang key='emailVerification.success'}"}
                <a class="btn btn-primary btn-block" href="{$WEB_ROOT}/clientarea.php">{lang key='continue'}</a>
            {elseif $expired}
                {include file="$template/includes/alert.tpl" type="error" msg="{lang key='emailVerification.expired'}"}
                <a class="btn btn-primary btn-block" href="{$WEB_ROOT}/clientarea.php">{lang key='continue'}</a>
            {else}
                <p class="lead-small">{lang key='emailVerification.confirmHelp'}</p>
                <form method="post" action="{$WEB_ROOT}/user/verify"><input type="hidden" name="token" value="{$token}"><input type="hidden" name="key" value="{$key}"><button type="submit" class="btn btn-primary btn-block">{lang key='emailVerification.confirm'}</button></form>
            {/if}
        </div>
    </section>
</div>
