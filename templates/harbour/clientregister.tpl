<div class="medium">
    <div class="page-title"><h1>{lang key='clientregistertitle'}</h1><p>{lang key='registerintro'}</p></div>
    {if $registrationDisabled}
        {include file="$template/includes/alert.tpl" type='error' msg="{lang key='registerDisablednotice'}"}
    {else}
        {if $errormessage}
            {include file="$template/includes/alert.tpl" type='error' errorshtml=$errormessage}
        {/if}
        <form method="post" action="{$WEB_ROOT}/register.php" class="card form-card">
            <input type="hidden" name="token" value="{$token}">
            <input type="hidden" name="register" value="true">
            <div class="card-body">
                {include file="$template/includes/registerfields.tpl"}
                <button type="submit" class="btn btn-primary btn-block-sm">{lang key='registerCreateAccount'}</button>
            </div>
        </form>
    {/if}
</div>
