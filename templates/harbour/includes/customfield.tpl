<div class="form-group">
    <label for="customfield{$customfield.id}">{$customfield.name}{if $customfield.required} <span class="req" title="{lang key='orderForm.requiredField'}">*</span>{/if}</label>
    {$customfield.input}
    {if $customfield.description}<small class="form-text text-muted">{$customfield.description}</small>{/if}
</div>
