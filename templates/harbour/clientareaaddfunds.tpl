{if $addfundsdisabled}
    {include file="$template/includes/alert.tpl" type="info" msg="{lang key='clientareaaddfundsdisabled'}"}
{elseif $notallowed}
    {include file="$template/includes/alert.tpl" type="info" msg="{lang key='clientareaaddfundsnotallowed'}"}
{else}
    {if $errormessage}
        {include file="$template/includes/alert.tpl" type="error" msg=$errormessage}
    {/if}
    <div class="row">
        <div class="col-lg-7">
            <form method="post" action="{$WEB_ROOT}/clientarea.php?action=addfunds" class="card form-card">
                <input type="hidden" name="token" value="{$token}">
                <div class="card-body">
                    <div class="form-group"><label for="inputAmount">{lang key='addfundsamount'} ({$currencycode})</label><input type="text" class="form-control input-short" id="inputAmount" name="amount" value="{$amount}" inputmode="decimal" required></div>
                    <div class="form-group"><label for="inputPaymentMethod">{lang key='paymentmethod'}</label>
                        <select class="custom-select" id="inputPaymentMethod" name="paymentmethod">{foreach $gateways as $one}<option value="{$one.sysname}"{if $one.sysname == $gateway} selected{/if}>{$one.name}</option>{/foreach}</select></div>
                    <div class="form-actions"><button type="submit" class="btn btn-primary">{lang key='addfunds'}</button></div>
                    <p class="payment-hint">{lang key='addfundsnonrefundable'}</p>
                </div>
            </form>
        </div>
        <div class="col-lg-5">
            <section class="card sum-card"><div class="card-body">
                <table class="sum-table">
                    <tr class="sum-total"><td>{lang key='host.creditBalance'}</td><td class="money">{$balance}</td></tr>
                    {if $minimumamount}<tr><td>{lang key='addfundsminimum'}</td><td class="money">{$minimumamount}</td></tr>{/if}
                    {if $maximumamount}<tr><td>{lang key='addfundsmaximum'}</td><td class="money">{$maximumamount}</td></tr>{/if}
                    {if $maximumbalance}<tr><td>{lang key='addfundsmaximumbalance'}</td><td class="money">{$maximumbalance}</td></tr>{/if}
                </table>
            </div></section>
        </div>
    </div>
{/if}
