{if $url}<a href="{$url}" target="_blank" rel="noopener noreferrer">{$text}</a>{/if}
