{if $errorMessage}
    {include file="$template/includes/alert.tpl" type="error" msg=$errorMessage}
{/if}
{if !$paymentMethodType}
    {include file="$template/includes/empty.tpl" icon='fas fa-credit-card' title="{lang key='paymentMethods.noPaymentMethodsCreated'}" text="{lang key='paymentMethods.cannotStore'}"}
{else}
<form method="post" action="{$address}" class="card form-card">
    <input type="hidden" name="token" value="{$token}">
    <input type="hidden" name="type" value="{$paymentMethodType}">
    <div class="card-body">
        {if $editMode}<p class="lead-small">{$paymethod.name} · {$paymethod.gateway}</p>{/if}
        {if $storageGateways|@count > 1 && !$editMode}
            <div class="form-group"><label for="inputStorage">{lang key='paymentmethod'}</label><select class="custom-select" id="inputStorage" name="storageGateway">{foreach $storageGateways as $one}<option value="{$one.module}"{if $given.storageGateway == $one.module} selected{/if}>{$one.name}</option>{/foreach}</select></div>
        {/if}
        {if $paymentMethodType == 'card'}
            {if !$editMode}<div class="form-group"><label for="inputCardNumber">{lang key='creditcardcardnumber'}</label><input type="text" class="form-control" id="inputCardNumber" name="ccnumber" inputmode="numeric" autocomplete="cc-number" maxlength="30" required></div>{/if}
            <div class="form-row">
                <div class="form-group col-6"><label for="inputCardExpiry">{lang key='creditcardcardexpires'}</label><input type="text" class="form-control" id="inputCardExpiry" name="ccexpiry" value="{$given.ccexpiry}" placeholder="MM/YY" inputmode="numeric" autocomplete="cc-exp" maxlength="9" required></div>
                {if !$editMode}<div class="form-group col-6"><label for="inputCardCvv">{lang key='creditcardcvvnumber'}</label><input type="password" class="form-control" id="inputCardCvv" name="cardcvv" inputmode="numeric" autocomplete="cc-csc" maxlength="4"></div>{/if}
            </div>
        {else}
            <div class="form-group"><label for="inputBankName">{lang key='paymentMethodsManage.bankName'}</label><input type="text" class="form-control" id="inputBankName" name="bankname" value="{$given.bankname}" maxlength="100"></div>
            {if !$editMode}
                <div class="form-row">
                    <div class="form-group col-sm-6"><label for="inputRouting">{lang key='paymentMethodsManage.sortCodeRoutingNumber'}</label><input type="text" class="form-control" id="inputRouting" name="routingnum" value="{$given.routingnum}" maxlength="100" required></div>
                    <div class="form-group col-sm-6"><label for="inputAccount">{lang key='paymentMethodsManage.accountNumber'}</label><input type="text" class="form-control" id="inputAccount" name="acctnum" value="{$given.acctnum}" maxlength="100" required></div>
                </div>
                <div class="form-group"><label for="inputHolder">{lang key='paymentMethodsManage.accountHolderName'}</label><input type="text" class="form-control" id="inputHolder" name="holder" value="{$given.holder}" maxlength="100"></div>
            {/if}
        {/if}
        <div class="form-group"><label for="inputDescription">{lang key='paymentMethodsManage.optionalDescription'}</label><input type="text" class="form-control" id="inputDescription" name="description" value="{$given.description}" maxlength="200"></div>
        {if !$editMode}<label class="choice"><input type="checkbox" name="default" value="1"{if $given.default} checked{/if}> <span>{lang key='paymentMethods.setAsDefault'}</span></label>{/if}
        <div class="form-actions">
            <button type="submit" class="btn btn-primary">{if $editMode}{lang key='clientareasavechanges'}{else}{lang key='paymentMethods.save'}{/if}</button>
            <a class="btn btn-light" href="{routePath('account-paymentmethods')}">{lang key='cancel'}</a>
        </div>
    </div>
</form>
{if $editMode}
<details class="danger-zone">
    <summary>{lang key='paymentMethods.delete'}</summary>
    <form method="post" action="{routePath('account-paymentmethods-delete', $paymethod.id)}">
        <input type="hidden" name="token" value="{$token}">
        <p>{lang key='paymentMethods.areYouSure'}</p>
        <button type="submit" class="btn btn-outline-danger">{lang key='delete'}</button>
    </form>
</details>
{/if}
{/if}
