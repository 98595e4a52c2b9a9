{if $successful}
    {include file="$template/includes/alert.tpl" type="success" msg="{lang key='changessavedsuccessfully'}"}
{/if}
{if $errormessage}
    {include file="$template/includes/alert.tpl" type="error" errorshtml=$errormessage}
{/if}
<form method="post" action="{$WEB_ROOT}/clientarea.php?action=details" class="card form-card">
    <input type="hidden" name="token" value="{$token}">
    <input type="hidden" name="save" value="true">
    <div class="card-body">
        <h2 class="form-section">{lang key='orderForm.personalInformation'}</h2>
        <div class="form-row">
            <div class="form-group col-sm-6"><label for="inputFirstName">{lang key='clientareafirstname'}</label><input type="text" class="form-control" id="inputFirstName" name="firstname" value="{$clientfirstname}"{if in_array('firstname', $uneditablefields)} disabled{/if}></div>
            <div class="form-group col-sm-6"><label for="inputLastName">{lang key='clientarealastname'}</label><input type="text" class="form-control" id="inputLastName" name="lastname" value="{$clientlastname}"{if in_array('lastname', $uneditablefields)} disabled{/if}></div>
            <div class="form-group col-sm-6"><label for="inputCompanyName">{lang key='clientareacompanyname'}</label><input type="text" class="form-control" id="inputCompanyName" name="companyname" value="{$clientcompanyname}"{if in_array('companyname', $uneditablefields)} disabled{/if}></div>
            <div class="form-group col-sm-6"><label for="inputEmail">{lang key='clientareaemail'}</label><input type="email" class="form-control" id="inputEmail" name="email" value="{$clientemail}"{if in_array('email', $uneditablefields)} disabled{/if}></div>
            <div class="form-group col-sm-6"><label for="inputPhone">{lang key='clientareaphonenumber'}</label><input type="tel" class="form-control" id="inputPhone" name="phonenumber" value="{$clientphonenumber}"></div>
            {if $showTaxIdField}<div class="form-group col-sm-6"><label for="inputTaxId">{lang key='tax.taxLabel'}</label><input type="text" class="form-control" id="inputTaxId" name="tax_id" value="{$clienttax_id}" maxlength="128"></div>{/if}
        </div>
        <h2 class="form-section">{lang key='orderForm.billingAddress'}</h2>
        <div class="form-row">
            <div class="form-group col-sm-7"><label for="inputAddress1">{lang key='clientareaaddress1'}</label><input type="text" class="form-control" id="inputAddress1" name="address1" value="{$clientaddress1}"></div>
            <div class="form-group col-sm-5"><label for="inputAddress2">{lang key='clientareaaddress2'}</label><input type="text" class="form-control" id="inputAddress2" name="address2" value="{$clientaddress2}"></div>
            <div class="form-group col-sm-5"><label for="inputCity">{lang key='clientareacity'}</label><input type="text" class="form-control" id="inputCity" name="city" value="{$clientcity}"></div>
            <div class="form-group col-sm-4"><label for="inputState">{lang key='clientareastate'}</label><input type="text" class="form-control" id="inputState" name="state" value="{$clientstate}"></div>
            <div class="form-group col-sm-3"><label for="inputPostcode">{lang key='clientareapostcode'}</label><input type="text" class="form-control" id="inputPostcode" name="postcode" value="{$clientpostcode}"></div>
            <div class="form-group col-12"><label for="inputCountry">{lang key='clientareacountry'}</label>{$clientcountriesdropdown}</div>
        </div>
        <h2 class="form-section">{lang key='orderForm.additionalInformation'}</h2>
        <div class="form-row">
            <div class="form-group col-sm-6">
                <label for="inputPaymentMethod">{lang key='paymentmethod'}</label>
                <select class="custom-select" id="inputPaymentMethod" name="paymentmethod">
                    <option value="none">{lang key='paymentmethoddefault'}</option>
                    {foreach $paymentmethods as $method}
                        <option value="{$method.sysname}"{if $method.sysname == $defaultpaymentmethod} selected{/if}>{$method.name}</option>
                    {/foreach}
                </select>
            </div>
            <div class="form-group col-sm-6">
                <label for="inputLanguage">{lang key='clientarealanguage'}</label>
                <select class="custom-select" id="inputLanguage" name="accountLanguage">
                    <option value="">{lang key='default'}</option>
                    {foreach $languages as $language}
                        <option value="{$language}"{if $language == $clientLanguage} selected{/if}>{$language|ucfirst}</option>
                    {/foreach}
                </select>
            </div>
            {if $contacts}
                <div class="form-group col-sm-6">
                    <label for="inputBillingContact">{lang key='defaultbillingcontact'}</label>
                    <select class="custom-select" id="inputBillingContact" name="billingcid">
                        <option value="0">{lang key='usedefaultcontact'}</option>
                        {foreach $contacts as $contact}
                            <option value="{$contact.id}"{if $contact.id == $billingcid} selected{/if}>{$contact.name}</option>
                        {/foreach}
                    </select>
                </div>
            {/if}
        </div>
        {foreach $customfields as $customfield}
            {include file="$template/includes/customfield.tpl"}
        {/foreach}
        {if $emailPreferencesEnabled}
            <h2 class="form-section">{lang key='clientareacontactsemails'}</h2>
            {foreach $emailPreferences as $emailType => $value}
                <input type="hidden" name="email_preferences[{$emailType}]" value="0">
                <div class="custom-control custom-checkbox">
                    <input type="checkbox" class="custom-control-input" id="emailPreference{$emailType}" name="email_preferences[{$emailType}]" value="1"{if $value} checked{/if}>
                    <label class="custom-control-label" for="emailPreference{$emailType}">{lang key="emailPreferences.$emailType"}</label>
                </div>
            {/foreach}
        {/if}
        <div class="form-actions">
            <button type="submit" class="btn btn-primary">{lang key='clientareasavechanges'}</button>
            <button type="reset" class="btn btn-light">{lang key='clientareacancel'}</button>
        </div>
    </div>
</form>
