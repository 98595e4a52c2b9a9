<!DOCTYPE html>
<html lang="{$activeLocale.languageCode|default:'en'}">
<head>
{include file="$template/includes/head.tpl"}
</head>
<body class="sheet-body">
<main class="sheet">
    <p class="no-print"><a href="{$WEB_ROOT}/clientarea.php?action=emails"><i class="fas fa-arrow-left" aria-hidden="true"></i> {lang key='clientareaemails'}</a></p>
    <h1 class="sheet-title">{$subject}</h1>
    <p class="text-muted">{$date}</p>
    <iframe class="mail-frame" sandbox="allow-popups" title="{$subject}" srcdoc="{$message}"></iframe>
</main>
</body>
</html>
