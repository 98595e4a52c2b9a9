<div class="form-row">
    <div class="form-group col-sm-6"><label for="inputFirstName">{lang key='clientareafirstname'}</label><input type="text" class="form-control" id="inputFirstName" name="firstname" value="{$formdata.firstname}" required></div>
    <div class="form-group col-sm-6"><label for="inputLastName">{lang key='clientarealastname'}</label><input type="text" class="form-control" id="inputLastName" name="lastname" value="{$formdata.lastname}" required></div>
    <div class="form-group col-sm-6"><label for="inputCompanyName">{lang key='clientareacompanyname'}</label><input type="text" class="form-control" id="inputCompanyName" name="companyname" value="{$formdata.companyname}"></div>
    <div class="form-group col-sm-6"><label for="inputEmail">{lang key='clientareaemail'}</label><input type="email" class="form-control" id="inputEmail" name="email" value="{$formdata.email}" required></div>
    <div class="form-group col-sm-6"><label for="inputPhone">{lang key='clientareaphonenumber'}</label><input type="tel" class="form-control" id="inputPhone" name="phonenumber" value="{$formdata.phonenumber}"></div>
    {if $showTaxIdField}<div class="form-group col-sm-6"><label for="inputTaxId">{$taxIdLabel}</label><input type="text" class="form-control" id="inputTaxId" name="tax_id" value="{$formdata.tax_id}"></div>{/if}
    <div class="form-group col-sm-6"><label for="inputAddress1">{lang key='clientareaaddress1'}</label><input type="text" class="form-control" id="inputAddress1" name="address1" value="{$formdata.address1}"></div>
    <div class="form-group col-sm-6"><label for="inputAddress2">{lang key='clientareaaddress2'}</label><input type="text" class="form-control" id="inputAddress2" name="address2" value="{$formdata.address2}"></div>
    <div class="form-group col-sm-6"><label for="inputCity">{lang key='clientareacity'}</label><input type="text" class="form-control" id="inputCity" name="city" value="{$formdata.city}"></div>
    <div class="form-group col-sm-6"><label for="inputState">{lang key='clientareastate'}</label><input type="text" class="form-control" id="inputState" name="state" value="{$formdata.state}"></div>
    <div class="form-group col-sm-6"><label for="inputPostcode">{lang key='clientareapostcode'}</label><input type="text" class="form-control" id="inputPostcode" name="postcode" value="{$formdata.postcode}"></div>
    <div class="form-group col-sm-6"><label for="inputCountry">{lang key='clientareacountry'}</label>{$countriesdropdown}</div>
</div>
<h2 class="form-section">{lang key='clientareacontactsemails'}</h2>
{foreach $formdata.emailPreferences as $emailType => $value}
    <input type="hidden" name="email_preferences[{$emailType}]" value="0">
    <div class="custom-control custom-checkbox">
        <input type="checkbox" class="custom-control-input" id="emailPreference{$emailType}" name="email_preferences[{$emailType}]" value="1"{if $value} checked{/if}>
        <label class="custom-control-label" for="emailPreference{$emailType}">{lang key="emailPreferences.$emailType"}</label>
    </div>
{/foreach}
