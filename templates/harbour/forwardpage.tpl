<div class="narrow text-center">
    {include file="$template/includes/alert.tpl" type="info" msg=$message}
    <div id="frmPayment" data-autosubmit-form>{$code}</div>
    <p class="mt-3"><a href="{$WEB_ROOT}/viewinvoice.php?id={$invoiceid}">{lang key='host.viewInvoice'}</a></p>
</div>
