<meta charset="{$charset}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{if $pagetitle}{$pagetitle} · {/if}{$companyname}</title>
<link rel="stylesheet" href="{$WEB_ROOT}/_host/assets/bootstrap4/css/bootstrap.min.css">
<link rel="stylesheet" href="{$WEB_ROOT}/_host/assets/fontawesome/css/all.min.css">
<link rel="stylesheet" href="{$WEB_ROOT}/_host/assets/fontawesome/css/v4-shims.min.css">
<link rel="stylesheet" href="{assetPath file='harbour.css'}?v={$versionHash}">
{assetExists file='custom.css'}
<link rel="stylesheet" href="{$__assetPath__}?v={$versionHash}">
{/assetExists}
<script>
    var csrfToken = '{$token}',
        whmcsBaseUrl = '{$WEB_ROOT}';
</script>
<script src="{$WEB_ROOT}/_host/assets/bootstrap4/jquery.min.js"></script>
<script src="{$WEB_ROOT}/_host/assets/bootstrap4/umd/popper.min.js" defer></script>
<script src="{$WEB_ROOT}/_host/assets/bootstrap4/js/bootstrap.min.js" defer></script>
<script src="{assetPath file='harbour.js'}?v={$versionHash}" defer></script>
