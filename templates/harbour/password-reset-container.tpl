<div class="narrow">
    <section class="card form-card">
        <div class="card-body">
            <h1>{lang key='pwreset'}</h1>
            {if $loggedin && $innerTemplate}
                {include file="$template/includes/alert.tpl" type="error" msg="{lang key='noPasswordResetWhenLoggedIn'}"}
            {else}
                {if $successMessage}
                    {include file="$template/includes/alert.tpl" type="success" title=$successTitle msg=$successMessage}
                {/if}
                {if $errorMessage}
                    {include file="$template/includes/alert.tpl" type="error" msg=$errorMessage}
                {/if}
                {if $innerTemplate}
                    {include file="$template/password-reset-$innerTemplate.tpl"}
                {/if}
            {/if}
        </div>
        <div class="card-footer text-center"><a href="{routePath('login-index')}">{lang key='loginbutton'}</a></div>
    </section>
</div>
