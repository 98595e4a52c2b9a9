{if $requested}
    {include file="$template/includes/alert.tpl" type="success" msg="{lang key='clientareacancelconfirmation'}"}
    <a href="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$id}" class="btn btn-primary">{lang key='clientareabacklink'}</a>
{elseif $invalid}
    {if $alreadyrequested}
        {include file="$template/includes/alert.tpl" type="warning" msg="{lang key='host.cancelAlreadyRequested'}"}
    {else}
        {include file="$template/includes/alert.tpl" type="error" msg="{lang key='clientareacancelinvalid'}"}
    {/if}
    <a href="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$id}" class="btn btn-primary">{lang key='clientareabacklink'}</a>
{else}
    {if $error}
        {include file="$template/includes/alert.tpl" type="error" msg=$error}
    {/if}
    <form method="post" action="{$WEB_ROOT}/clientarea.php?action=cancel&amp;id={$id}" class="card form-card">
        <input type="hidden" name="token" value="{$token}">
        <input type="hidden" name="sub" value="submit">
        <div class="card-body">
            <p class="overline">{lang key='clientareacancelproduct'}</p>
            <h2 class="form-section">{$groupname} – {$productname}{if $domain} <small class="text-muted">{$domain}</small>{/if}</h2>
            <div class="form-group">
                <label for="cancellationreason">{lang key='clientareacancelreason'}</label>
                <textarea class="form-control{if $errorfield == 'reason'} is-invalid{/if}" id="cancellationreason" name="cancellationreason" rows="5" maxlength="10000">{$cancellationreason}</textarea>
            </div>
            <fieldset class="form-group">
                <legend class="col-form-label pt-0">{lang key='clientareacancellationtype'}</legend>
                {if $hasperiod}
                    <div class="custom-control custom-radio">
                        <input type="radio" class="custom-control-input" id="cancelEnd" name="type" value="End of Billing Period"{if $cancellationtype != 'Immediate'} checked{/if}>
                        <label class="custom-control-label" for="cancelEnd">{lang key='clientareacancellationendofbillingperiod'} <small class="d-block text-muted">{lang key='host.cancelEndHelp'}</small></label>
                    </div>
                {/if}
                <div class="custom-control custom-radio mt-2">
                    <input type="radio" class="custom-control-input" id="cancelNow" name="type" value="Immediate"{if $cancellationtype == 'Immediate' || !$hasperiod} checked{/if}>
                    <label class="custom-control-label" for="cancelNow">{lang key='clientareacancellationimmediate'} <small class="d-block text-muted">{lang key='host.cancelImmediateHelp'}</small></label>
                </div>
            </fieldset>
            <div class="form-actions">
                <button type="submit" class="btn btn-danger">{lang key='clientareacancelrequestbutton'}</button>
                <a href="{$WEB_ROOT}/clientarea.php?action=productdetails&amp;id={$id}" class="btn btn-light">{lang key='cancel'}</a>
            </div>
        </div>
    </form>
{/if}
