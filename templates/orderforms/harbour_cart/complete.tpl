{include file="orderforms/$carttpl/common.tpl"}
<div class="narrow order-complete">
    <span class="empty-icon is-good" aria-hidden="true"><i class="fas fa-check"></i></span>
    <h1>{lang key='orderconfirmation'}</h1>
    <p class="lead-small">{lang key='orderreceived'}</p>
    <div class="order-number">{lang key='ordernumberis'} <b>{$ordernumber}</b></div>
    {if $orderlines || $otherlines}
        <section class="card order-lines">
            <h2 class="card-header">{lang key='ordersummary'}</h2>
            <div class="card-body">
                <dl class="summary-lines">
                    {foreach $orderlines as $line}
                        <div{if !$line.addon} class="summary-main"{/if}><dt>{$line.name}{if $line.domain}<small>{$line.domain}</small>{/if}{foreach $line.details as $detail}<small>{$detail.name}: {$detail.value}</small>{/foreach}{if $line.recurring}<small>{$line.recurring} {$line.billingcycle}</small>{/if}</dt><dd>{$line.price}</dd></div>
                    {/foreach}
                    {foreach $otherlines as $line}
                        <div><dt>{$line.description}</dt><dd>{$line.price}</dd></div>
                    {/foreach}
                </dl>
                {if $taxtotal || $taxtotal2}
                    <dl class="summary-lines is-sums">
                        {if $taxtotal}<div><dt>{$taxname}</dt><dd>{$taxtotal}</dd></div>{/if}
                        {if $taxtotal2}<div><dt>{$taxname}</dt><dd>{$taxtotal2}</dd></div>{/if}
                    </dl>
                {/if}
                <div class="summary-total"><span>{if $unpaid}{lang key='ordertotalduetoday'}{else}{lang key='invoicestotal'}{/if}</span><strong id="totalDueToday">{if $unpaid}{$due}{else}{$total}{/if}</strong></div>
            </div>
        </section>
    {/if}
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
