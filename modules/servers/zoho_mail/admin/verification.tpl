{if $known}{if $verified}<span class="badge good">Verified</span>{else}<span class="badge bad">Not Verified</span>{/if}{/if}{if $note} <small>({$note})</small>{/if}
