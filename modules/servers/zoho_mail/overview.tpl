<div class="card mb-3 zoho-mail">
  <div class="card-header">Zoho Mail</div>
  <div class="card-body text-center">
    <p>{$mailDomain|escape}</p>
    <a class="btn btn-primary" href="{$mailUrl|escape}" target="_blank" rel="noopener noreferrer">Go to Webmail</a>
    {if $panelUrl}<a class="btn btn-secondary" href="{$panelUrl|escape}" target="_blank" rel="noopener noreferrer">Go to Control Panel</a>{/if}
  </div>
</div>
