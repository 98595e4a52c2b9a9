{if $productGroup}
    {include file="orderforms/$carttpl/frame-open.tpl" orderTitle=$productGroup.headline|default:$productGroup.name orderLead=$productGroup.tagline}
{else}
    {include file="orderforms/$carttpl/frame-open.tpl" orderTitle="{lang key='navstore'}" orderLead=''}
{/if}
{if $errormessage}
    {include file="$template/includes/alert.tpl" type='error' msg=$errormessage}
{/if}
{if $products}
    <div class="product-grid" id="products">
        {foreach $products as $product}
            <article class="product-card{if $product.isFeatured} is-featured{/if}" id="product{$product.pid}">
                <header>
                    <h2 id="product{$product.pid}-name">{$product.name}</h2>
                    {if $product.stockControlEnabled}<span class="stock">{if $product.soldOut}{lang key='orderoutofstock'}{else}{$product.qty} {lang key='orderavailable'}{/if}</span>{/if}
                </header>
                {if $product.featuresdesc}<p class="product-text">{$product.featuresdesc|nl2br}</p>{/if}
                {if $product.features}
                    <ul class="product-features">
                        {foreach $product.features as $feature => $value}
                            <li><span>{$feature}</span> <b>{$value}</b></li>
                        {/foreach}
                    </ul>
                {/if}
                {if $product.metrics}
                    {include file="orderforms/$carttpl/metrics.tpl" metrics=$product.metrics}
                {/if}
                <footer>
                    <div class="product-price" id="product{$product.pid}-price">
                        {if $product.paytype == 'free'}
                            <span class="price">{lang key='orderfree'}</span>
                        {elseif $product.pricing.minprice}
                            {if $product.pricing.hasconfigoptions}<span class="price-from">{lang key='startingfrom'}</span>{/if}
                            <span class="price">{$product.pricing.minprice.price}</span>
                            <span class="price-cycle">
                                {if $product.pricing.minprice.cycle == 'monthly'}{lang key='orderpaymenttermmonthly'}
                                {elseif $product.pricing.minprice.cycle == 'quarterly'}{lang key='orderpaymenttermquarterly'}
                                {elseif $product.pricing.minprice.cycle == 'semiannually'}{lang key='orderpaymenttermsemiannually'}
                                {elseif $product.pricing.minprice.cycle == 'annually'}{lang key='orderpaymenttermannually'}
                                {elseif $product.pricing.minprice.cycle == 'biennially'}{lang key='orderpaymenttermbiennially'}
                                {elseif $product.pricing.minprice.cycle == 'triennially'}{lang key='orderpaymenttermtriennially'}
                                {else}{lang key='orderpaymenttermonetime'}{/if}
                            </span>
                            {if $product.pricing.minprice.setupFee}<span class="price-setup">+ {$product.pricing.minprice.setupFee->toPrefixed()} {lang key='ordersetupfee'}</span>{/if}
                        {else}
                            <span class="price-from">{lang key='host.noPrice'}</span>
                        {/if}
                    </div>
                    {if $product.soldOut}
                        <span class="btn btn-light disabled" aria-disabled="true">{lang key='orderoutofstock'}</span>
                    {elseif $product.pricing.minprice}
                        <a href="{$product.productUrl}" class="btn btn-primary btn-order-now" id="product{$product.pid}-order-button">{lang key='ordernowbutton'}</a>
                    {/if}
                </footer>
            </article>
        {/foreach}
    </div>
{else}
    {include file="$template/includes/empty.tpl" icon='fas fa-store' title="{lang key='host.noProducts'}" text="{lang key='host.noProductsHelp'}"}
{/if}
{include file="orderforms/$carttpl/frame-close.tpl"}
