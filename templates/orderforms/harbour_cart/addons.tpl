{include file="orderforms/$carttpl/frame-open.tpl" orderTitle="{lang key='cartproductaddons'}" orderLead="{lang key='host.addonsLead'}"}
{if $errormessage}
    <div class="alert alert-danger" role="alert"><ul class="mb-0">{$errormessage}</ul></div>
{/if}
{if $addons}
    <div class="product-grid" id="addons">
        {foreach $addons as $num => $addon}
            <article class="product-card" id="addon{$addon.id}">
                <form method="post" action="{$WEB_ROOT}/cart.php?a=add" class="addon-form">
                    <input type="hidden" name="token" value="{$token}">
                    <input type="hidden" name="aid" value="{$addon.id}">
                    {if $onlyservice}<input type="hidden" name="pid" value="{$onlyservice}">{/if}
                    <header><h2>{$addon.name}</h2></header>
                    {if $addon.description}<p class="product-text">{$addon.description}</p>{/if}
                    <div class="form-group">
                        <label for="inputProductId{$num}">{lang key='cartproductaddonschoosepackage'}</label>
                        <select name="productid" id="inputProductId{$num}" class="custom-select">
                            {foreach $addon.productids as $product}
                                <option value="{$product.id}"{if $product.selected} selected{/if}>{$product.product}{if $product.domain} – {$product.domain}{/if}{if $addon.severalprices} ({$product.pricing}){/if}</option>
                            {/foreach}
                        </select>
                    </div>
                    {if $addon.allowsQuantity}
                        <div class="form-group">
                            <label for="inputQty{$num}">{lang key='orderForm.qty'}</label>
                            <input type="number" class="form-control input-short" name="addonqty" id="inputQty{$num}" value="{if $askedaddon eq $addon.id && $askedqty neq ''}{$askedqty}{else}1{/if}" min="1" max="500">
                        </div>
                    {/if}
                    {foreach $addon.customfields as $customfield}
                        {include file="$template/includes/customfield.tpl"}
                    {/foreach}
                    <footer>
                        <div class="product-price">
                            {if $addon.free}
                                <span class="price">{lang key='orderfree'}</span>
                            {elseif !$addon.severalprices}
                                <span class="price">{$addon.recurringamount}</span>
                                <span class="price-cycle">{$addon.billingcycle}</span>
                                {if $addon.setupfee}<span class="price-setup">+ {$addon.setupfee->toPrefixed()} {lang key='ordersetupfee'}</span>{/if}
                            {/if}
                        </div>
                        <button type="submit" class="btn btn-primary">{lang key='ordernowbutton'}</button>
                    </footer>
                </form>
            </article>
        {/foreach}
    </div>
{else}
    {include file="$template/includes/empty.tpl" icon='fas fa-puzzle-piece' title="{lang key='cartproductaddonsnone'}" text="" link="$WEB_ROOT/cart.php" linktext="{lang key='browseProducts'}"}
{/if}
{if $onlyservice}<p class="mt-3"><a href="{$WEB_ROOT}/cart.php?gid=addons">{lang key='host.allAddons'}</a></p>{/if}
{include file="orderforms/$carttpl/frame-close.tpl"}
