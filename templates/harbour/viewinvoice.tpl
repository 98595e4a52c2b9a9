<!DOCTYPE html>
<html lang="{$activeLocale.languageCode|default:'en'}">
<head>
{include file="$template/includes/head.tpl"}
{$headoutput}
</head>
<body class="sheet-body">
{$headeroutput}
<div class="sheet-tools no-print">
    <a href="{$WEB_ROOT}/clientarea.php?action=invoices"><i class="fas fa-arrow-left" aria-hidden="true"></i> {lang key='invoicesbackall'}</a>
    <a href="{$WEB_ROOT}/dl.php?type=i&amp;id={$invoiceid}"><i class="fas fa-download" aria-hidden="true"></i> {lang key='invoicesdownload'}</a>
    <a href="javascript:window.print()" data-print><i class="fas fa-print" aria-hidden="true"></i> {lang key='print'}</a>
</div>
<main class="sheet">
    {foreach $hostNotes as $hostNote}
        {include file="$template/includes/alert.tpl" type=$hostNote.type title=$hostNote.title msg=$hostNote.text}
    {/foreach}
    {if $paymentSuccess && $status eq 'Paid'}
        {include file="$template/includes/alert.tpl" type='success' title="{lang key='success'}" msg="{lang key='invoicepaymentsuccessconfirmation'}"}
    {elseif $paymentFailed}
        {include file="$template/includes/alert.tpl" type='error' title="{lang key='error'}" msg="{lang key='invoicepaymentfailedconfirmation'}"}
    {elseif $pendingReview && $status neq 'Paid'}
        {include file="$template/includes/alert.tpl" type='info' title="{lang key='invoicesPaymentPending'}" msg="{lang key='invoicePaymentSuccessAwaitingNotify'}"}
    {/if}
    <div class="sheet-top">
        <div>
            <h1>{$pagetitle}</h1>
            <span class="text-muted">{lang key='invoicesdatecreated'}: {$date}</span>
        </div>
        <div class="text-right">
            <span class="status status-{$status|lower|replace:' ':'-'} status-lg sheet-state">{if $status eq 'Unpaid' && $overdue}{lang key='invoicesoverdue'}{else}{$statuslocale}{/if}</span>
            {if $status eq 'Unpaid'}<div class="text-muted mt-1">{lang key='host.dueOn' date=$datedue}</div>{/if}
            {if $status eq 'Paid' && $datepaid}<div class="text-muted mt-1">{lang key='invoicesdatepaid'} {$datepaid}</div>{/if}
        </div>
    </div>
    <div class="sheet-parties">
        <div>
            <h2>{lang key='invoicesinvoicedto'}</h2>
            <address>
                {if $clientsdetails.companyname}{$clientsdetails.companyname}<br>{/if}
                {$clientsdetails.firstname} {$clientsdetails.lastname}<br>
                {$clientsdetails.address1}{if $clientsdetails.address2}, {$clientsdetails.address2}{/if}<br>
                {$clientsdetails.city}, {$clientsdetails.state} {$clientsdetails.postcode}<br>
                {$clientsdetails.country}
                {foreach $customfields as $customfield}<br>{$customfield.fieldname}: {$customfield.value}{/foreach}
            </address>
        </div>
        <div>
            <h2>{lang key='invoicespayto'}</h2>
            <address>{$payto}{if $taxCode}<br>{lang key='tax.taxLabel'}: {$taxCode}{/if}</address>
        </div>
        <div>
            <h2>{lang key='paymentmethod'}</h2>
            <div>{$paymethoddisplayname}</div>
        </div>
    </div>
    <table>
        <thead>
            <tr><th>{lang key='invoicesdescription'}</th><th class="money">{lang key='invoicesamount'}</th></tr>
        </thead>
        <tbody>
            {foreach $invoiceitems as $item}
                <tr><td>{$item.description}{if $item.taxed} *{/if}</td><td class="money">{$item.amount}</td></tr>
            {/foreach}
        </tbody>
        <tfoot>
            <tr><td>{lang key='invoicessubtotal'}</td><td class="money">{$subtotal}</td></tr>
            {if $tax}<tr><td>{$taxname} {$taxrate}%</td><td class="money">{$tax}</td></tr>{/if}
            {if $tax2}<tr><td>{$taxname2} {$taxrate2}%</td><td class="money">{$tax2}</td></tr>{/if}
            {if $credit}<tr><td>{lang key='invoicescredit'}</td><td class="money">{$credit}</td></tr>{/if}
            <tr class="is-total"><td>{lang key='invoicestotal'}</td><td class="money">{$total}</td></tr>
            {if $ispartial}
                <tr><td>{lang key='paymentstodate'}</td><td class="money">{$amountpaid}</td></tr>
                <tr class="is-total"><td>{lang key='balancedue'}</td><td class="money">{$balance}</td></tr>
            {/if}
        </tfoot>
    </table>
    {if $status eq 'Unpaid'}
        <div class="pay-box no-print">
            <div class="pay-box-row">
                {if $allowchangegateway}
                    <form method="post" action="{$WEB_ROOT}/viewinvoice.php?id={$invoiceid}">
                        {$tokenInput}
                        <label for="gateway">{lang key='paymentmethod'}</label>
                        <div class="d-flex" style="gap:.4rem">
                            <select class="custom-select" id="gateway" name="gateway" data-autosubmit>
                                {foreach $availableGateways as $gatewayModule => $gatewayName}
                                    <option value="{$gatewayModule}"{if $gatewayModule == $selectedGateway} selected{/if}>{$gatewayName}</option>
                                {/foreach}
                            </select>
                            <noscript><button type="submit" class="btn btn-light">{lang key='apply'}</button></noscript>
                        </div>
                    </form>
                {/if}
                {if $gatewaylink eq 'button'}<div class="payment-btn-container">{$paymentbutton}</div>{/if}
            </div>
            {if $gatewaylink neq 'button'}
                {if $gatewaylink eq 'instructions'}<p class="payment-hint">{lang key='host.manualPayHint'}</p>{/if}
                {$paymentbutton}
            {/if}
        </div>
    {/if}
    {if $manualapplycredit}
        <form method="post" action="{$WEB_ROOT}/viewinvoice.php?id={$invoiceid}" class="pay-box credit-box no-print">
            {$tokenInput}
            <input type="hidden" name="applycredit" value="true">
            <div><b>{lang key='invoiceaddcreditdesc1'} {$totalcredit}</b><div class="payment-hint">{lang key='invoiceaddcreditdesc2'}</div></div>
            <div class="credit-form">
                <label class="sr-only" for="creditamount">{lang key='invoiceaddcreditamount'}</label>
                <input type="text" class="form-control money" id="creditamount" name="creditamount" value="{$creditamount}" inputmode="decimal">
                <button type="submit" class="btn btn-light">{lang key='invoiceaddcreditapply'}</button>
            </div>
        </form>
    {/if}
    {if $notes}
        <h2 class="sheet-section">{lang key='invoicesnotes'}</h2>
        <p>{$notes}</p>
    {/if}
    <h2 class="sheet-section">{lang key='billing.ledger.title'}</h2>
    {if $transactions}
        <table class="ledger">
            <thead><tr><th>{lang key='billing.ledger.date'}</th><th>{lang key='invoicestransgateway'}</th><th class="d-none d-sm-table-cell">{lang key='billing.ledger.reference'}</th><th class="money">{lang key='invoicestransamount'}</th></tr></thead>
            <tbody>
                {foreach $transactions as $transaction}
                    <tr><td>{$transaction.date}</td><td>{$transaction.gateway}</td><td class="d-none d-sm-table-cell">{$transaction.referenceId}</td><td class="money">{$transaction.amount}</td></tr>
                {/foreach}
            </tbody>
        </table>
        <p class="ledger-balance"><span>{lang key='invoicesbalance'}</span> <b class="money">{$balance}</b></p>
    {else}
        <p class="text-muted">{lang key='invoicestransnonefound'} · {lang key='invoicesbalance'}: {$balance}</p>
    {/if}
</main>
{$footeroutput}
</body>
</html>
