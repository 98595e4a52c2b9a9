<select class="custom-select" name="country" id="{$fieldId|default:'inputCountry'}" autocomplete="country">
    {foreach $countries as $countryCode => $countryName}
        <option value="{$countryCode}"{if $countryCode == $selected} selected{/if}>{$countryName}</option>
    {/foreach}
</select>
