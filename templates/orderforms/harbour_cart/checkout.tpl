{include file="orderforms/$carttpl/frame-open.tpl" orderTitle="{lang key='orderForm.checkout'}" orderLead="{if $loggedin}{lang key='host.checkoutSignedIn' name=$client.fullName}{else}{lang key='orderForm.enterPersonalDetails'}{/if}"}
{if $errormessage}
    <div class="alert alert-danger checkout-error-feedback" role="alert">
        <p class="mb-1">{lang key='orderForm.correctErrors'}:</p>
        <ul class="mb-0">{$errormessage}</ul>
    </div>
{/if}
<form method="post" action="{$WEB_ROOT}/cart.php?a=checkout" name="orderfrm" id="frmCheckout">
    <input type="hidden" name="token" value="{$token}">
    <input type="hidden" name="checkout" value="true">
    <input type="hidden" name="nonce" value="{$nonce}">
    <div class="row">
        <div class="col-xl-8">
            {if !$loggedin}
                {if !$signedInUser}
                <div class="segmented" role="radiogroup" aria-label="{lang key='orderForm.personalInformation'}">
                    <label><input type="radio" name="custtype" value="new"{if $custtype neq 'existing'} checked{/if}><span>{lang key='orderForm.createAccount'}</span></label>
                    <label><input type="radio" name="custtype" value="existing"{if $custtype eq 'existing'} checked{/if}><span>{lang key='orderForm.alreadyRegistered'}</span></label>
                </div>
                <section class="card form-card" id="containerExistingUserSignin">
                    <h2 class="card-header">{lang key='orderForm.existingCustomerLogin'}</h2>
                    <div class="card-body form-row">
                        <div class="form-group col-sm-6"><label for="inputLoginEmail">{lang key='orderForm.emailAddress'}</label><input type="email" name="loginemail" id="inputLoginEmail" class="form-control" value="{$loginemail}" autocomplete="username"></div>
                        <div class="form-group col-sm-6"><label for="inputLoginPassword">{lang key='clientareapassword'}</label><input type="password" name="loginpassword" id="inputLoginPassword" class="form-control" autocomplete="current-password"></div>
                    </div>
                </section>
                {/if}
                <section class="card form-card" id="containerNewUserSignup">
                    <div class="card-body">
                        {include file="$template/includes/registerfields.tpl"}
                    </div>
                </section>
            {/if}
            {foreach $hookOutput as $output}
                <div class="module-output">{$output}</div>
            {/foreach}
            <section class="card form-card">
                <h2 class="card-header">{lang key='orderForm.paymentDetails'}</h2>
                <div class="card-body">
                    {if $gateways}
                        <p>{lang key='orderForm.preferredPaymentMethod'}</p>
                        <div id="paymentGatewaysContainer">
                            {foreach $gateways as $gateway}
                                <label class="choice">
                                    <input type="radio" name="paymentmethod" value="{$gateway.sysname}"{if $selectedgateway eq $gateway.sysname} checked{/if}>
                                    <span>{$gateway.name}</span>
                                </label>
                            {/foreach}
                        </div>
                    {else}
                        <p class="summary-problem">{lang key='host.noGateways'}</p>
                    {/if}
                </div>
            </section>
            {if $shownotesfield}
                <section class="card form-card">
                    <h2 class="card-header"><label for="inputNotes" class="mb-0">{lang key='orderForm.additionalNotes'}</label></h2>
                    <div class="card-body">
                        <textarea name="notes" id="inputNotes" class="form-control" rows="3" placeholder="{lang key='ordernotesdescription'}">{$orderNotes}</textarea>
                    </div>
                </section>
            {/if}
        </div>
        <div class="col-xl-4">
            <div class="summary-box">
                <h2>{lang key='ordersummary'}</h2>
                <dl class="summary-lines">
                    {foreach $products as $product}
                        <div><dt>{if $product.qty > 1}{$product.qty} × {/if}{$product.productinfo.name}<small>{$product.billingcyclefriendly}{if $product.domain} · {$product.domain}{/if}</small></dt><dd>{if $product.pricing}{$product.pricing.totaltoday}{/if}</dd></div>
                    {/foreach}
                </dl>
                {if $taxrate || $taxrate2 || $adjustments || $discount}
                    <dl class="summary-lines is-sums">
                    {foreach $adjustments as $adjustment}<div><dt>{$adjustment.description}</dt><dd>{$adjustment.amount}</dd></div>{/foreach}
                        {if $discount && $rawdiscount != 0}<div><dt>{lang key='orderdiscount'}<small>{$promotioncode}: {$promotiondescription}</small></dt><dd>−{$discount}</dd></div>{/if}
                        <div><dt>{lang key='ordersubtotal'}</dt><dd>{$subtotal}</dd></div>
                        {if $taxrate}<div><dt>{$taxname} {$taxrate}%</dt><dd>{$taxtotal}</dd></div>{/if}
                        {if $taxrate2}<div><dt>{$taxname2} {$taxrate2}%</dt><dd>{$taxtotal2}</dd></div>{/if}
                    </dl>
                {/if}
                <div class="summary-total"><span>{lang key='ordertotalduetoday'}</span><strong id="totalCartPrice">{$total}</strong></div>
                {if $accepttos}
                    <label class="choice"><input type="checkbox" name="accepttos" id="accepttos"> <span>{lang key='ordertosagreement'} {if $tosurl}<a href="{$tosurl}" target="_blank" rel="noopener">{lang key='ordertos'}</a>{else}{lang key='ordertos'}{/if}</span></label>
                {/if}
                <button type="submit" id="btnCompleteOrder" class="btn btn-primary btn-lg btn-block"{if !$gateways} disabled{/if}>{lang key='completeorder'}</button>
                <p class="summary-note"><i class="fas fa-lock" aria-hidden="true"></i> {lang key='ordersecure'} {$ipaddress} {lang key='ordersecure2'}</p>
            </div>
        </div>
    </div>
</form>
{include file="orderforms/$carttpl/frame-close.tpl"}
