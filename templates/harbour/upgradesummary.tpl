{if $promoerror}
    {include file="$template/includes/alert.tpl" type="error" msg=$promoerror}
{/if}
<form method="post" action="{$WEB_ROOT}/upgrade.php" class="card form-card">
    <input type="hidden" name="token" value="{$token}">
    <input type="hidden" name="step" value="3">
    <input type="hidden" name="type" value="{$type}">
    <input type="hidden" name="id" value="{$id}">
    <input type="hidden" name="nonce" value="{$nonce}">
    {if $type == 'package'}
        <input type="hidden" name="pid" value="{$pid}">
        <input type="hidden" name="billingcycle" value="{$billingcycle}">
    {/if}
    {foreach $configoptions as $cid => $value}
        <input type="hidden" name="configoption[{$cid}]" value="{$value}">
    {/foreach}
    <h2 class="card-header">{lang key='upgradesummary'}</h2>
    <div class="card-body">
        <p class="overline mb-1">{$groupname} · {$productname}{if $domain} · {$domain}{/if}</p>
        <table class="table upgrade-lines">
            <thead><tr><th>{lang key='orderdesc'}</th><th class="text-right">{lang key='orderprice'}</th></tr></thead>
            <tbody>
                {foreach $upgrades as $upgrade}
                    <tr>
                        {if $type == 'package'}
                            <td>{$upgrade.oldproductname} <i class="fas fa-arrow-right fa-fw" aria-label="→"></i> <b>{$upgrade.newproductname}</b> <small class="d-block text-muted">{$upgrade.newproductbillingcyclefriendly}{if $upgrade.totaldays} · {lang key='host.upgradeDays' days=$upgrade.daysuntilrenewal total=$upgrade.totaldays}{/if}</small></td>
                        {else}
                            <td>{$upgrade.configname}: {$upgrade.originalvalue} <i class="fas fa-arrow-right fa-fw" aria-label="→"></i> <b>{$upgrade.newvalue}</b></td>
                        {/if}
                        <td class="text-right money">{$upgrade.price}</td>
                    </tr>
                {/foreach}
            </tbody>
            <tfoot>
                {if $discount || $tax || $tax2}<tr><td>{lang key='ordersubtotal'}</td><td class="text-right money">{$subtotal}</td></tr>{/if}
                {if $discount}<tr><td>{lang key='host.upgradeDiscount'}{if $promodesc} <small class="text-muted">{$promodesc}</small>{/if}</td><td class="text-right money">-{$discount}</td></tr>{/if}
                {if $tax}<tr><td>{$taxname}</td><td class="text-right money">{$tax}</td></tr>{/if}
                {if $tax2}<tr><td>{$taxname2}</td><td class="text-right money">{$tax2}</td></tr>{/if}
                <tr><th>{lang key='ordertotalduetoday'}</th><th class="text-right money">{$total}</th></tr>
            </tfoot>
        </table>
        <p class="text-muted small">{lang key='upgradeproductlogic'}{if $type == 'configoptions' && $totaldays} {lang key='host.upgradeDays' days=$daysleft total=$totaldays}.{/if}{if $newrecurring} {lang key='recurringamount'}: {$newrecurring} {$newcycle}.{/if}</p>
        {if $credited}
            {include file="$template/includes/alert.tpl" type="info" msg="{lang key='host.upgradeCredited' amount=$credited}"}
        {/if}
        {if $allowgatewayselection}
            <div class="form-group">
                <label for="inputPromoCode">{lang key='orderpromotioncode'}</label>
                {if $promocode}
                    <input type="hidden" name="promocode" value="{$promocode}">
                    <div class="d-flex align-items-center"><b class="mr-3">{$promocode}</b> <button type="submit" name="removepromo" value="1" class="btn btn-sm btn-light">{lang key='orderdontusepromo'}</button></div>
                {else}
                    <div class="input-group"><input type="text" class="form-control" id="inputPromoCode" name="promocode" value="" autocapitalize="none" spellcheck="false"><span class="input-group-append"><button type="submit" name="validatepromo" value="1" class="btn btn-light">{lang key='orderpromovalidatebutton'}</button></span></div>
                {/if}
            </div>
            <fieldset class="form-group">
                <legend class="col-form-label pt-0">{lang key='orderpaymentmethod'}</legend>
                {foreach $gateways as $gateway}
                    <label class="choice"><input type="radio" name="paymentmethod" value="{$gateway.sysname}"{if $selectedgateway eq $gateway.sysname} checked{/if}> <span>{$gateway.name}</span></label>
                {foreachelse}
                    <p class="text-danger">{lang key='host.noGateways'}</p>
                {/foreach}
            </fieldset>
        {/if}
        <div class="form-actions">
            <button type="submit" class="btn btn-primary">{if $rawtotal > 0}{lang key='host.upgradePayNow'}{else}{lang key='host.upgradeOrder'}{/if}</button>
            <a href="{$WEB_ROOT}/upgrade.php?type={$type}&amp;id={$id}" class="btn btn-light">{lang key='back'}</a>
        </div>
    </div>
</form>
