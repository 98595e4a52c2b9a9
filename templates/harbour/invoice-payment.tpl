{if $errormessage}
    {include file="$template/includes/alert.tpl" type="error" msg=$errormessage}
{/if}
<div class="row">
    <div class="col-lg-7">
        <form method="post" action="{$submitLocation}" class="card form-card" autocomplete="on">
            <input type="hidden" name="token" value="{$token}">
            <div class="card-body">
                {if $existingCards}
                    <fieldset class="form-group">
                        <legend class="form-section">{lang key='host.payWith'}</legend>
                        {foreach $existingCards as $cardInfo}
                            <label class="choice"><input type="radio" name="ccinfo" value="{$cardInfo.paymethodid}"{if $payMethodId == $cardInfo.paymethodid} checked{/if}> <span>{$cardInfo.name}</span>{if $cardInfo.expiry}<span class="choice-price">{$cardInfo.expiry}</span>{/if}</label>
                        {/foreach}
                        <label class="choice"><input type="radio" name="ccinfo" value="new"{if $payMethodId == 'new'} checked{/if}> <span>{lang key='creditcardenternewcard'}</span></label>
                    </fieldset>
                {else}
                    <input type="hidden" name="ccinfo" value="new">
                {/if}
                {if $existingCards}<h2 class="form-section">{lang key='creditcardenternewcard'}</h2>{/if}
                <div class="form-group"><label for="inputCardNumber">{lang key='creditcardcardnumber'}</label><input type="text" class="form-control" id="inputCardNumber" name="ccnumber" inputmode="numeric" autocomplete="cc-number" maxlength="30"></div>
                <div class="form-row">
                    <div class="form-group col-6"><label for="inputCardExpiry">{lang key='creditcardcardexpires'}</label><input type="text" class="form-control" id="inputCardExpiry" name="ccexpirydate" value="{$ccexpirydate}" placeholder="MM/YY" inputmode="numeric" autocomplete="cc-exp" maxlength="9"></div>
                    <div class="form-group col-6"><label for="inputCardCvv">{lang key='creditcardcvvnumber'}</label><input type="password" class="form-control" id="inputCardCvv" name="cccvv" inputmode="numeric" autocomplete="cc-csc" maxlength="4"></div>
                </div>
                {if $allowClientsToRemoveCards}
                    <label class="choice"><input type="checkbox" name="nostore" value="1"> <span>{lang key='host.cardNoStore'}</span></label>
                {/if}
                <div class="form-actions">
                    <button type="submit" class="btn btn-primary">{lang key='invoicespaynow'}</button>
                    <a class="btn btn-light" href="{$WEB_ROOT}/viewinvoice.php?id={$invoiceid}">{lang key='cancel'}</a>
                </div>
            </div>
        </form>
    </div>
    <div class="col-lg-5">
        <section class="card sum-card">
            <div class="card-body">
                <h2 class="form-section">{lang key='invoicestitle'}{$invoicenum}</h2>
                <table class="sum-table">
                    {foreach $invoiceitems as $item}<tr><td>{$item.description|nl2br}</td><td class="money">{$item.amount}</td></tr>{/foreach}
                    <tr class="sum-line"><td>{lang key='invoicessubtotal'}</td><td class="money">{$invoice.subtotal}</td></tr>
                    {if $invoice.tax}<tr><td>{$invoice.taxname} {$invoice.taxrate}%</td><td class="money">{$invoice.tax}</td></tr>{/if}
                    {if $invoice.tax2}<tr><td>{$invoice.taxname2} {$invoice.taxrate2}%</td><td class="money">{$invoice.tax2}</td></tr>{/if}
                    {if $invoice.credit}<tr><td>{lang key='invoicescredit'}</td><td class="money">-{$invoice.credit}</td></tr>{/if}
                    <tr><td>{lang key='invoicestotal'}</td><td class="money">{$invoice.total}</td></tr>
                    {if $invoice.amountpaid}<tr><td>{lang key='paymentstodate'}</td><td class="money">{$invoice.amountpaid}</td></tr>{/if}
                    <tr class="sum-total"><td>{lang key='balancedue'}</td><td class="money">{$balance}</td></tr>
                </table>
            </div>
        </section>
    </div>
</div>
