{if $errorMessage}
    {include file="$template/includes/alert.tpl" type="warning" msg=$errorMessage}
{/if}
<h2 class="form-section mt-0">{$serviceToBeUpgraded->productName}{if $serviceToBeUpgraded->domain} <small class="text-muted">{$serviceToBeUpgraded->domain}</small>{/if}</h2>
{if $upgradeProducts}
    <p>{lang key='upgradechoosepackage'}</p>
    {foreach $upgradeProducts as $product}
        <form method="post" action="{routePath('upgrade-add-to-cart')}" class="card form-card">
            <input type="hidden" name="token" value="{$token}">
            <input type="hidden" name="isproduct" value="1">
            <input type="hidden" name="serviceid" value="{$serviceToBeUpgraded->id}">
            <input type="hidden" name="productid" value="{$product.id}">
            <div class="card-body">
                <p class="overline">{$product.groupName}{if $product.current} · {lang key='host.upgradeNow'}{/if}</p>
                <h3 class="h5">{$product.name}</h3>
                {if $product.description}<p class="text-muted">{$product.description}</p>{/if}
                {foreach $product.cycles as $cycle}
                    <label class="choice">
                        <input type="radio" name="billingcycle" value="{$cycle.key}"{if $cycle@first} checked{/if}>
                        <span>{$cycle.label} · <b>{$cycle.price}</b></span>
                        <span class="choice-price">{$cycle.today}</span>
                    </label>
                {/foreach}
                <div class="form-actions"><button type="submit" class="btn btn-primary">{lang key='ordercontinuebutton'}</button></div>
            </div>
        </form>
    {/foreach}
{else}
    {if !$errorMessage}{include file="$template/includes/alert.tpl" type="info" title="{lang key='upgradeNotPossible'}" msg="{lang key='host.upgradeNothing'}"}{/if}
    <a href="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$serviceToBeUpgraded->id}" class="btn btn-primary">{lang key='clientareabacklink'}</a>
{/if}
