{include file="orderforms/$carttpl/common.tpl"}
<div class="narrow order-complete">
    <span class="empty-icon is-good" aria-hidden="true"><i class="fas fa-check"></i></span>
    <h1>{lang key='orderconfirmation'}</h1>
    <p class="lead-small">{lang key='orderreceived'}</p>
    <div class="order-number">{lang key='ordernumberis'} <b>{$ordernumber}</b></div>
    <p>{lang key='orderfinalinstructions'}</p>
    {if $unpaid}
        <div class="alert alert-warning">{lang key='ordercompletebutnotpaid'}</div>
        <a href="{$WEB_ROOT}/viewinvoice.php?id={$invoiceid}" class="btn btn-primary btn-lg">{lang key='invoicespaynow'}</a>
    {elseif $ispaid}
        <div class="alert alert-success">{lang key='invoicepaymentsuccessconfirmation'}</div>
    {/if}
    {foreach $addons_html as $addon_html}
        <div class="order-confirmation-addon-output">{$addon_html}</div>
    {/foreach}
    <p class="mt-3"><a href="{$WEB_ROOT}/clientarea.php?action=services" class="btn btn-link">{lang key='orderForm.continueToClientArea'}</a></p>
</div>
