{* The fields of a new account: register page and checkout share them. *}
<h2 class="form-section">{lang key='orderForm.personalInformation'}</h2>
<div class="form-row">
    <div class="form-group col-sm-6">
        <label for="inputFirstName">{lang key='orderForm.firstName'} <span class="req">*</span></label>
        <input type="text" class="form-control" id="inputFirstName" name="firstname" value="{$clientfirstname}" autocomplete="given-name">
    </div>
    <div class="form-group col-sm-6">
        <label for="inputLastName">{lang key='orderForm.lastName'} <span class="req">*</span></label>
        <input type="text" class="form-control" id="inputLastName" name="lastname" value="{$clientlastname}" autocomplete="family-name">
    </div>
    <div class="form-group col-sm-6">
        <label for="inputEmail">{lang key='orderForm.emailAddress'} <span class="req">*</span></label>
        <input type="email" class="form-control" id="inputEmail" name="email" value="{$clientemail}" autocomplete="email">
    </div>
    <div class="form-group col-sm-6">
        <label for="inputPhone">{lang key='orderForm.phoneNumber'}{if !in_array('phonenumber', $optionalFields)} <span class="req">*</span>{/if}</label>
        <input type="tel" class="form-control" id="inputPhone" name="phonenumber" value="{$clientphonenumber}" autocomplete="tel">
    </div>
</div>
<h2 class="form-section">{lang key='orderForm.billingAddress'}</h2>
<div class="form-row">
    <div class="form-group col-12">
        <label for="inputCompanyName">{lang key='orderForm.companyName'} <span class="opt">{lang key='orderForm.optional'}</span></label>
        <input type="text" class="form-control" id="inputCompanyName" name="companyname" value="{$clientcompanyname}" autocomplete="organization">
    </div>
    <div class="form-group col-sm-7">
        <label for="inputAddress1">{lang key='orderForm.streetAddress'} <span class="req">*</span></label>
        <input type="text" class="form-control" id="inputAddress1" name="address1" value="{$clientaddress1}" autocomplete="address-line1">
    </div>
    <div class="form-group col-sm-5">
        <label for="inputAddress2">{lang key='orderForm.streetAddress2'} <span class="opt">{lang key='orderForm.optional'}</span></label>
        <input type="text" class="form-control" id="inputAddress2" name="address2" value="{$clientaddress2}" autocomplete="address-line2">
    </div>
    <div class="form-group col-sm-5">
        <label for="inputCity">{lang key='orderForm.city'} <span class="req">*</span></label>
        <input type="text" class="form-control" id="inputCity" name="city" value="{$clientcity}" autocomplete="address-level2">
    </div>
    <div class="form-group col-sm-4">
        <label for="inputState">{lang key='orderForm.state'} <span class="req">*</span></label>
        <input type="text" class="form-control" id="inputState" name="state" value="{$clientstate}" autocomplete="address-level1">
    </div>
    <div class="form-group col-sm-3">
        <label for="inputPostcode">{lang key='orderForm.postcode'} <span class="req">*</span></label>
        <input type="text" class="form-control" id="inputPostcode" name="postcode" value="{$clientpostcode}" autocomplete="postal-code">
    </div>
    <div class="form-group col-12">
        <label for="inputCountry">{lang key='orderForm.country'}</label>
        {include file="$template/includes/countries.tpl" countries=$clientcountries selected=$clientcountry}
    </div>
</div>
{if $showTaxIdField || (!$checkout && count($currencies) > 1)}
    <div class="form-row">
        {if $showTaxIdField}
            <div class="form-group col-sm-6">
                <label for="inputTaxId">{lang key='tax.taxLabel'} <span class="opt">{lang key='orderForm.optional'}</span></label>
                <input type="text" class="form-control" id="inputTaxId" name="tax_id" value="{$clienttax_id}" maxlength="128">
            </div>
        {/if}
        {if !$checkout && count($currencies) > 1}
            <div class="form-group col-sm-6">
                <label for="inputCurrency">{lang key='choosecurrency'}</label>
                <select class="custom-select" id="inputCurrency" name="currency">
                    {foreach $currencies as $curr}
                        <option value="{$curr.id}"{if $curr.id == $activeCurrency.id} selected{/if}>{$curr.code}</option>
                    {/foreach}
                </select>
            </div>
        {/if}
    </div>
{/if}
{if $customfields}
    <h2 class="form-section">{lang key='orderForm.additionalInformation'}</h2>
    {foreach $customfields as $customfield}
        {include file="$template/includes/customfield.tpl"}
    {/foreach}
{/if}
{if $signedInUser}<p class="text-muted">{lang key='host.accountForUser' email=$signedInUser}</p>{else}
<h2 class="form-section">{lang key='orderForm.accountSecurity'}</h2>
{if $securityquestions}
    <div class="form-row">
        <div class="form-group col-sm-6">
            <label for="inputSecurityQId">{lang key='clientareanavsecurityquestions'} <span class="req">*</span></label>
            <select class="custom-select" id="inputSecurityQId" name="securityqid">
                <option value="">{lang key='clientareasecurityquestion'} …</option>
                {foreach $securityquestions as $question}
                    <option value="{$question.id}"{if $question.id == $securityqid} selected{/if}>{$question.question}</option>
                {/foreach}
            </select>
        </div>
        <div class="form-group col-sm-6">
            <label for="inputSecurityQAns">{lang key='clientareasecurityanswer'} <span class="req">*</span></label>
            <input type="password" class="form-control" id="inputSecurityQAns" name="securityqans" maxlength="80" autocomplete="off">
        </div>
    </div>
{/if}
<div class="form-row">
    <div class="form-group col-sm-6">
        <label for="inputNewPassword1">{lang key='clientareapassword'} <span class="req">*</span></label>
        <input type="password" class="form-control" id="inputNewPassword1" name="password" autocomplete="new-password">
        {include file="$template/includes/pwstrength.tpl"}
    </div>
    <div class="form-group col-sm-6">
        <label for="inputNewPassword2">{lang key='clientareaconfirmpassword'} <span class="req">*</span></label>
        <input type="password" class="form-control" id="inputNewPassword2" name="password2" autocomplete="new-password">
    </div>
</div>
{/if}
