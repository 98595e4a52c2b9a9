{include file="orderforms/$carttpl/frame-open.tpl" orderTitle=$productinfo.name orderLead="{lang key='cartproductdomaindesc'}"}
{if $message}
    {include file="$template/includes/alert.tpl" type='error' msg=$message}
{/if}
<form method="post" action="{$WEB_ROOT}/cart.php" id="frmProductDomain" class="card form-card">
    <input type="hidden" name="token" value="{$token}">
    <input type="hidden" name="a" value="add">
    <input type="hidden" name="pid" value="{$pid}">
    <input type="hidden" name="domainselect" value="1">
    <input type="hidden" name="domainoption" value="owndomain">
    <div class="card-body">
        <div class="form-group">
            <label for="inputDomain">{lang key='cartexistingdomainchoice'}</label>
            <input type="text" class="form-control" id="inputDomain" name="domain" placeholder="example.com" autocapitalize="none" autocomplete="off" spellcheck="false" autofocus required>
        </div>
        <button type="submit" class="btn btn-primary">{lang key='continue'}</button>
    </div>
</form>
{include file="orderforms/$carttpl/frame-close.tpl"}
