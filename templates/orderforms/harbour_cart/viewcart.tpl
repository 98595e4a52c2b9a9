{if !$cartitems}
    {include file="orderforms/$carttpl/frame-open.tpl" orderTitle="{lang key='carttitle'}" orderLead=''}
    {include file="$template/includes/empty.tpl" icon='fas fa-shopping-basket' title="{lang key='cartempty'}" text="{lang key='host.cartEmptyHelp'}" link="$WEB_ROOT/cart.php" linktext="{lang key='browseProducts'}"}
{else}
    {include file="orderforms/$carttpl/frame-open.tpl" orderTitle="{lang key='cartreviewcheckout'}" orderLead=''}
    {if $errormessage}
        <div class="alert alert-danger" role="alert">
            <p class="mb-1">{lang key='orderForm.correctErrors'}:</p>
            <ul class="mb-0">{$errormessage}</ul>
        </div>
    {/if}
    <div class="row">
        <div class="col-xl-8">
            <section class="card cart-lines">
                {foreach $products as $num => $product}
                    <div class="cart-line{if $product.errors} has-errors{/if}">
                        <div class="cart-line-name">
                            <b>{$product.productinfo.name}</b>
                            <span class="list-sub">{$product.productinfo.groupname}{if $product.domain} · {$product.domain}{/if}</span>
                            {if $product.configoptions}
                                <ul class="cart-options">
                                    {foreach $product.configoptions as $configoption}
                                        <li>{$configoption.name}: {if $configoption.type eq 4}{$configoption.qty} × {/if}{$configoption.option}</li>
                                    {/foreach}
                                </ul>
                            {/if}
                            {if $product.addons}
                                <ul class="cart-options">
                                    {foreach $product.addons as $addon}
                                        <li>{$addon.name}: {$addon.recurring} {$addon.billingcyclefriendly}{if $addon.proratadate} ({lang key='orderprorata'} {$addon.proratadate}: {$addon.first}){/if}{if $addon.setup} + {$addon.setup} {lang key='ordersetupfee'}{/if}</li>
                                    {/foreach}
                                </ul>
                            {/if}
                            <div class="cart-line-tools">
                                <a href="{$WEB_ROOT}/cart.php?a=confproduct&amp;i={$num}" class="btn btn-link btn-sm">{lang key='orderForm.edit'}</a>
                                <form method="post" action="{$WEB_ROOT}/cart.php">
                                    <input type="hidden" name="token" value="{$token}">
                                    <input type="hidden" name="a" value="remove">
                                    <input type="hidden" name="r" value="p">
                                    <input type="hidden" name="i" value="{$num}">
                                    <button type="submit" class="btn btn-link btn-sm text-danger">{lang key='orderForm.remove'}</button>
                                </form>
                            </div>
                        </div>
                        {if $product.allowqty}
                            <form method="post" action="{$WEB_ROOT}/cart.php?a=view" class="cart-line-qty">
                                <input type="hidden" name="token" value="{$token}">
                                <label class="sr-only" for="qty{$num}">{lang key='orderForm.qty'}</label>
                                <input type="number" class="form-control form-control-sm input-short" id="qty{$num}" name="qty[{$num}]" value="{$product.qty}" min="0">
                                <button type="submit" class="btn btn-light btn-sm">{lang key='orderForm.update'}</button>
                            </form>
                        {/if}
                        <div class="cart-line-price money">
                            {if $product.pricing}
                                <b>{$product.pricing.totalTodayExcludingTaxSetup}</b>
                                <span class="list-sub">{$product.billingcyclefriendly}</span>
                                {if $product.proratadate}<span class="list-sub">{lang key='orderprorata'} {$product.proratadate}</span>{/if}
                                {if $product.pricing.productonlysetup}<span class="list-sub">+ {$product.pricing.productonlysetup->toPrefixed()} {lang key='ordersetupfee'}</span>{/if}
                            {/if}
                        </div>
                    </div>
                {/foreach}
                {foreach $addons as $num => $addon}
                    <div class="cart-line{if $addon.errors} has-errors{/if}" id="cartAddon{$num}">
                        <div class="cart-line-name">
                            <b>{$addon.name}</b>
                            {if $addon.productname}<span class="list-sub">{lang key='orderaddon'} · {$addon.productname}{if $addon.domainname} · {$addon.domainname}{/if}</span>{/if}
                            <div class="cart-line-tools">
                                <form method="post" action="{$WEB_ROOT}/cart.php">
                                    <input type="hidden" name="token" value="{$token}">
                                    <input type="hidden" name="a" value="remove">
                                    <input type="hidden" name="r" value="a">
                                    <input type="hidden" name="i" value="{$num}">
                                    <button type="submit" class="btn btn-link btn-sm text-danger">{lang key='orderForm.remove'}</button>
                                </form>
                            </div>
                        </div>
                        {if $addon.allowqty}
                            <form method="post" action="{$WEB_ROOT}/cart.php?a=view" class="cart-line-qty">
                                <input type="hidden" name="token" value="{$token}">
                                <label class="sr-only" for="addonqty{$num}">{lang key='orderForm.qty'}</label>
                                <input type="number" class="form-control form-control-sm input-short" id="addonqty{$num}" name="addonqty[{$num}]" value="{$addon.qty}" min="0" max="500">
                                <button type="submit" class="btn btn-light btn-sm">{lang key='orderForm.update'}</button>
                            </form>
                        {/if}
                        <div class="cart-line-price money">
                            {if $addon.billingcycle}
                                <b>{if $addon.billingcycle eq 'free'}{lang key='orderfree'}{else}{$addon.recurring}{/if}</b>
                                {if $addon.billingcycle neq 'free'}<span class="list-sub">{$addon.billingcyclefriendly}</span>{/if}
                                {if $addon.proratadate}<span class="list-sub">{lang key='orderprorata'} {$addon.proratadate}: {$addon.first}</span>{/if}
                                {if $addon.setup}<span class="list-sub">+ {$addon.setup->toPrefixed()} {lang key='ordersetupfee'}</span>{/if}
                            {/if}
                        </div>
                    </div>
                {/foreach}
            </section>
            {foreach $hookOutput as $output}
                <div class="module-output">{$output}</div>
            {/foreach}
            <section class="card form-card cart-extras">
                <div class="card-body">
                    {if $promoerrormessage}
                        <div class="alert alert-danger promo-error" role="alert">{$promoerrormessage}</div>
                    {elseif $promotioncode && $rawdiscount == 0}
                        <div class="alert alert-info" role="status">{lang key='promoappliedbutnodiscount'}</div>
                    {elseif $promoaddedsuccess}
                        <div class="alert alert-success" role="status">{lang key='host.promoAccepted'}</div>
                    {/if}
                    {if $promocodekept}
                        <form method="post" action="{$WEB_ROOT}/cart.php" class="promo-kept">
                            <input type="hidden" name="token" value="{$token}">
                            <input type="hidden" name="a" value="removepromo">
                            <span><b>{$promocodekept}</b>{if $promotiondescription} <span class="list-sub">{$promotiondescription}</span>{/if}</span>
                            <button type="submit" class="btn btn-link btn-sm">{lang key='orderdontusepromo'}</button>
                        </form>
                    {else}
                        <form method="post" action="{$WEB_ROOT}/cart.php?a=view" class="promo-form">
                            <input type="hidden" name="token" value="{$token}">
                            <label for="inputPromotionCode">{lang key='orderpromotioncode'}</label>
                            <div class="input-group">
                                <input type="text" class="form-control" name="promocode" id="inputPromotionCode" value="{$promocodeentered}" maxlength="100" autocapitalize="characters" autocomplete="off" spellcheck="false" required>
                                <div class="input-group-append"><button type="submit" name="validatepromo" value="1" class="btn btn-light">{lang key='orderpromovalidatebutton'}</button></div>
                            </div>
                        </form>
                    {/if}
                    {if $taxestimate}
                        <form method="post" action="{$WEB_ROOT}/cart.php" class="tax-form">
                            <input type="hidden" name="token" value="{$token}">
                            <input type="hidden" name="a" value="setstateandcountry">
                            <b>{lang key='orderForm.estimateTaxes'}</b>
                            <div class="form-row">
                                <div class="form-group col-sm-5"><label for="inputState">{lang key='orderForm.state'}</label><input type="text" class="form-control" name="state" id="inputState" value="{$state}" maxlength="100"></div>
                                <div class="form-group col-sm-7"><label for="inputCountry">{lang key='orderForm.country'}</label>{include file="$template/includes/countries.tpl" countries=$clientcountries selected=$country}</div>
                            </div>
                            <button type="submit" class="btn btn-light btn-sm">{lang key='orderForm.updateTotals'}</button>
                        </form>
                    {/if}
                </div>
            </section>
            <form method="post" action="{$WEB_ROOT}/cart.php" class="cart-empty">
                <input type="hidden" name="token" value="{$token}">
                <input type="hidden" name="a" value="empty">
                <button type="submit" class="btn btn-link btn-sm" data-confirm="{lang key='cartemptyconfirm'}">{lang key='emptycart'}</button>
            </form>
        </div>
        <div class="col-xl-4">
            <div class="summary-box">
                <h2>{lang key='ordersummary'}</h2>
                <dl class="summary-lines is-sums">
                    {foreach $adjustments as $adjustment}<div><dt>{$adjustment.description}</dt><dd>{$adjustment.amount}</dd></div>{/foreach}
                    {if $discount && $rawdiscount != 0}<div><dt>{lang key='orderdiscount'}<small>{$promotioncode}: {$promotiondescription}</small></dt><dd id="discount">−{$discount}</dd></div>{/if}
                    <div><dt>{lang key='ordersubtotal'}</dt><dd id="subtotal">{$subtotal}</dd></div>
                    {if $taxrate}<div><dt>{$taxname} {$taxrate}%</dt><dd>{$taxtotal}</dd></div>{/if}
                    {if $taxrate2}<div><dt>{$taxname2} {$taxrate2}%</dt><dd>{$taxtotal2}</dd></div>{/if}
                    {foreach $recurringtotals as $recurring}
                        <div><dt>{$recurring.label}</dt><dd>{$recurring.price}</dd></div>
                    {/foreach}
                </dl>
                <div class="summary-total"><span>{lang key='ordertotalduetoday'}</span><strong id="totalDueToday">{$total}</strong></div>
                <a href="{if $orderable}{$WEB_ROOT}/cart.php?a=checkout{else}#{/if}" class="btn btn-primary btn-lg btn-block{if !$orderable} disabled{/if}" id="checkout">{lang key='orderForm.checkout'}</a>
                <a href="{$WEB_ROOT}/cart.php" class="btn btn-link btn-block">{lang key='orderForm.continueShopping'}</a>
            </div>
        </div>
    </div>
{/if}
{include file="orderforms/$carttpl/frame-close.tpl"}
